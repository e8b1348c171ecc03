-- 0024_sftp_feeds.sql
-- Why: files are pulled over SFTP too. A person agrees to the key that a server has shown before anything is asked of it,
--      and a file is taken once its size and time have stood still. A bad certificate is trouble for a day, then a refusal.
-- Locks: cost_feeds and feed_files for a moment (columns that may be null, a trigger); nothing is written anew.

-- The key that the server showed when it was last met. A worker writes it; what is agreed to stands in host_key.
alter table cost_feeds add column met_key text, add column certificate_since timestamptz(3);

-- Seen since when as it is; taken in that form or not yet. The hash is of the form that was taken last.
alter table feed_files add column seen_at timestamptz(3) not null default now(),
  alter column taken_at drop not null, alter column taken_at drop default;

-- A person may agree to the key that was met, and let an old one go. No other key can be written by the API.
create function agrees_to_met_key() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if current_user = 'headwater_api' and new.host_key is distinct from old.host_key and new.host_key is not null
    and (new.host_key is distinct from old.met_key or new.met_key is distinct from old.met_key) then
    raise exception 'only a key that was met can be agreed to' using errcode = 'insufficient_privilege';
  end if;
  if current_user = 'headwater_api' and new.met_key is distinct from old.met_key and new.met_key is not null then
    raise exception 'only a worker says which key was met' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
revoke execute on function agrees_to_met_key from public;
create trigger agrees_to_met_key before update of host_key, met_key on cost_feeds
  for each row execute function agrees_to_met_key();

drop policy begins_unproven on cost_feeds;
create policy begins_unproven on cost_feeds as restrictive for insert to headwater_api
  with check (state = 'unproven' and host_key is null and met_key is null and certificate_since is null);
grant update (host_key, met_key) on cost_feeds to headwater_api;
