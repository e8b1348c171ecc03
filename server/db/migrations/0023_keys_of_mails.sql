-- 0023_keys_of_mails.sql
-- Why: what is sealed in a mail is sealed for the vault's key pair like a credential is: a retired pair seals none, and a
--      worker without its key refuses to start.
-- Locks: mails for a moment (a trigger).

create trigger mail_key_is_current before insert or update of key_id on mails
  for each row execute function upload_key_is_current();
