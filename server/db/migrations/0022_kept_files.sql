-- 0022_kept_files.sql
-- Why: files of costs are sealed for the vault's key pair like credentials are: a retired pair seals none, and a worker
--      without their key refuses to start. A sweep has to see which feeds still stand on a secret.
-- Locks: uploads for a moment (a trigger); all else is new.

create function upload_key_is_current() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if new.key_id is null then return new; end if;
  insert into public.vault_keys (id) values (new.key_id) on conflict (id) do nothing;
  if exists (select from public.vault_keys where id = new.key_id and retired_at is not null) then
    raise exception 'the vault key % is retired', new.key_id using errcode = 'insufficient_privilege',
      hint = 'give this process the public key that replaced it';
  end if;
  return new;
end
$$;
revoke execute on function upload_key_is_current from public;
create trigger upload_key_is_current before insert or update of key_id on uploads
  for each row execute function upload_key_is_current();

create policy sweep on cost_feeds for select to headwater_worker
  using (nullif(current_setting('app.tenant', true), '') is null);
