-- 0021_changed_shapes.sql
-- Why: people are told when a source has changed what it gives, so that many of its records cannot be read.
-- Locks: notices exclusively for a moment (its check is replaced; the new one allows all that the old one did).

alter table notices drop constraint notices_kind_check;
alter table notices add constraint notices_kind_check check (kind in ('sourceDown', 'streamsFailed', 'grantEnding',
  'accessLost', 'pausedByPlatform', 'linkFollowed', 'shapeChanged'));
