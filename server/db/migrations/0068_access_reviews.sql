-- 0068_access_reviews.sql
-- Why: who and what can reach an organisation's data is decided on from time to time and signed. What is decided stands until
--      it is signed; what was signed is one text with its hash, which nobody changes. That a review is due is told to those who
--      may sign it, and is over with the signing.
-- Locks: notices exclusively for a moment (checks are replaced by ones that allow all that the old ones did, an index of no
--        rows), users for the same moment (the same of its check); else new tables.

create table access_decisions (
  organisation_id uuid not null references organisations (id) on delete cascade,
  kind text not null constraint access_decisions_kind_check check (kind in ('grant', 'person', 'apiToken')),
  subject_id uuid not null,
  choice text not null constraint access_decisions_choice_check check (choice in ('keep', 'reduce', 'rotate', 'revoke')),
  note text not null default '' check (char_length(note) <= 500),
  facts jsonb not null, -- as they stood when it was decided: of what changed since, nothing is decided
  decided_by uuid not null,
  decided_at timestamptz(3) not null,
  primary key (organisation_id, kind, subject_id)
);
create policy organisation on access_decisions
  using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid);
alter table access_decisions enable row level security;
alter table access_decisions force row level security;
grant select, insert, update (choice, note, facts, decided_by, decided_at), delete on access_decisions to headwater_api;

create table access_reviews (
  organisation_id uuid not null references organisations (id) on delete cascade,
  id uuid not null default uuidv7(),
  signed_by uuid not null,
  signed_at timestamptz(3) not null,
  record text not null,
  hash text not null constraint access_reviews_hash_check check (hash = encode(sha256(convert_to(record, 'UTF8')), 'hex')),
  primary key (organisation_id, id)
);
create policy organisation on access_reviews
  using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid);
alter table access_reviews enable row level security;
alter table access_reviews force row level security;
grant select, insert on access_reviews to headwater_api;
grant select (organisation_id, signed_at) on access_reviews to headwater_worker;

alter table notices
  drop constraint notices_kind_check,
  add constraint notices_kind_check check (kind in ('sourceDown', 'streamsFailed', 'grantEnding', 'accessLost',
    'pausedByPlatform', 'frozenAtSource', 'historyIncomplete', 'linkFollowed', 'shapeChanged', 'costsDiffer',
    'versionRetired', 'requested', 'dataDeleted', 'platformOpened', 'reviewDue')),
  drop constraint notices_of_something,
  add constraint notices_of_something check (datasource_id is not null or kind in ('requested', 'platformOpened', 'reviewDue'));
create unique index notices_review on notices (organisation_id) where kind = 'reviewDue' and resolved_at is null;
alter policy only_what_people_ask on notices using (kind in ('requested', 'reviewDue'));

alter table users
  drop constraint users_mails_off_check,
  add constraint users_mails_off_check check (mails_off <@ array['grantEnding', 'grantEnded', 'loginEnded',
    'disconnectUndone', 'frozenAtSource', 'accountGone', 'streamsFailed', 'historyIncomplete', 'planSmaller', 'requested',
    'pausedByUs', 'recovered', 'loginRecovered', 'historyDone', 'platformOpened', 'reviewDue']);
