/** Of a row of `datasources`: whether another one reads its account, or may yet, for its undo is open. By the database's clock. */
export const ACCOUNT_IS_READ_ON = `exists (
  select 1 from datasources as other
  where other.organisation_id = datasources.organisation_id and other.account_id = datasources.account_id
    and other.id <> datasources.id and (other.disconnected_at is null or other.undo_until > now()))`;
