-- 0062_mails_of_the_code_before.sql
-- Why: 0053 took away two functions that the code before it calls wherever access is lost or ends. While a release is rolled
--      out that code still runs, and what it wrote failed with its mail. They stand again, until no such code is left.
-- Locks: functions alone.

create function mail_managers(kind text, details jsonb, once text) returns integer
language sql set search_path = pg_catalog, pg_temp
as $$ select cardinality(public.mail_people(kind, details, once)) $$;
revoke execute on function mail_managers from public;
grant execute on function mail_managers to headwater_api, headwater_worker;

create function mail_member(member uuid, kind text, details jsonb, once text) returns integer
language sql set search_path = pg_catalog, pg_temp
as $$ select cardinality(public.mail_people(kind, details, once, array[member])) $$;
revoke execute on function mail_member from public;
grant execute on function mail_member to headwater_worker;
