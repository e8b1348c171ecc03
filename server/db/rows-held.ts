/**
 * Of a row of `datasources`: how many rows it holds, as every list and dialog tells it. Of streams as far as they are read, of
 * files as the last that counts left them.
 */
export const ROWS_HELD = `(
  select coalesce(sum(progress.rows), 0) from progress
  where progress.organisation_id = datasources.organisation_id and progress.datasource_id = datasources.id) + (
  select coalesce(sum(coalesce((uploads.counts->>'inserted')::bigint, 0) - coalesce((uploads.counts->>'deleted')::bigint, 0)), 0)
  from uploads where uploads.organisation_id = datasources.organisation_id
    and uploads.datasource_id = datasources.id and uploads.state = 'committed')`;
