-- 0056_parts_of_gaps.sql
-- Why: where our number is not the source's own, what is known of why is kept beside the two: each part with its reason,
--      its amount and how many records it is. What is left of the gap is unexplained, and is not written down.
-- Locks: spot_checks in ACCESS EXCLUSIVE for a moment (two columns without a rewrite).

alter table spot_checks
  add column parts jsonb,                           -- null: of a check from before parts were looked for
  add column explained numeric not null default 0;  -- the sum of the parts
