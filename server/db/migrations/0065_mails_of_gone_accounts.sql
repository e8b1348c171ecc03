-- 0065_mails_of_gone_accounts.sql
-- Why: that an account is gone at its source is written to whoever wants the mails of what needs somebody, and to nobody who
--      turned those off.
-- Locks: users exclusively for a moment (its check is replaced; the new one allows all that the old one did).

alter table users
  drop constraint users_mails_off_check,
  add constraint users_mails_off_check check (mails_off <@ array['grantEnding', 'grantEnded', 'loginEnded',
    'disconnectUndone', 'frozenAtSource', 'accountGone', 'streamsFailed', 'historyIncomplete', 'planSmaller', 'requested',
    'pausedByUs', 'recovered', 'loginRecovered', 'historyDone', 'platformOpened']);

update users set mails_off = mails_off || '{accountGone}' where 'frozenAtSource' = any(mails_off);
