/** What one cost file may be. The defaults are the contract's; a test of size gives its own. */
export interface CostLimits {
  readonly rawBytes: number;
  readonly unpackedBytes: number;
  readonly rows: number;
  readonly columns: number;
  readonly cellCharacters: number;
  readonly recordBytes: number;
  /** A packed file may grow at most so many times. */
  readonly ratio: number;
  /** So much of the first pass may be lost to a kill. */
  readonly notedBytes: number;
  /** So many rows are written in one transaction, and several times as many merged in one. */
  readonly chunkRows: number;
  /** So many are looked through for twins in one transaction: each goes over all rows, and none takes minutes. */
  readonly twinRows: number;
}

const MEGABYTE = 1024 * 1024;

export const LIMITS: CostLimits = {
  rawBytes: 20 * MEGABYTE,
  unpackedBytes: 50 * MEGABYTE,
  rows: 200_000,
  columns: 60,
  cellCharacters: 4_096,
  recordBytes: MEGABYTE,
  ratio: 100,
  notedBytes: 32 * MEGABYTE,
  chunkRows: 8_000,
  twinRows: 16_000_000,
};

/** Of a deployment that takes files of so many megabytes: what one unpacks to, and how many rows it has, grow with it. */
export const limitsFor = (megabytes: number): CostLimits => ({
  ...LIMITS,
  rawBytes: megabytes * MEGABYTE,
  unpackedBytes: 2.5 * megabytes * MEGABYTE,
  rows: 10_000 * megabytes,
});

/** Those of a deployment; where it sets none, ours. */
export const limitsOf = ({ costLimits }: { readonly costLimits?: CostLimits }): CostLimits => costLimits ?? LIMITS;
