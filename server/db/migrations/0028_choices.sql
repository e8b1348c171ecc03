-- 0028_choices.sql
-- Why: a source may have several of a thing of which one counts, such as Klaviyo's Placed Order: which one is the account's,
--      like its records are, so that a source that is connected again goes on with it. The API writes what a person chose.
-- Locks: accounts exclusively for a moment (a column with a constant default is no rewrite).

alter table accounts add column choices jsonb not null default '{}';
grant update (choices) on accounts to headwater_api;
