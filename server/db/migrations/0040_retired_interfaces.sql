-- 0040_retired_interfaces.sql
-- Why: a source that has retired the version of its interface that we use was told as streams that cannot be read; it is
--      a thing of its own: nobody at the merchant's can mend it.
-- Locks: notices exclusively for a moment (a check is replaced; every row that is there fits it).

alter table notices drop constraint notices_kind_check;
alter table notices add constraint notices_kind_check check (kind in ('sourceDown', 'streamsFailed', 'grantEnding',
  'accessLost', 'pausedByPlatform', 'linkFollowed', 'shapeChanged', 'costsDiffer', 'versionRetired'));
