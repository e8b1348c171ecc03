import { expect, test } from "vitest";
import { dataStateOf, isDataGone, isMoving, mayDelete } from "./data-state.ts";

const at = (minutes: number): string => new Date(minutes * 60_000).toISOString();
const now = 10 * 60_000;

test("what became of the data, in order: it can be undone, it is kept, it goes, it is gone", () => {
  const kept = { undoUntil: at(9), deletesDataAt: null, dataDeletedAt: null };
  expect(dataStateOf({ ...kept, undoUntil: at(11) }, now)).toBe("undoable");
  expect(dataStateOf({ ...kept, undoUntil: at(11), deletesDataAt: at(11) }, now)).toBe("undoable");
  expect(dataStateOf(kept, now)).toBe("kept");
  expect(dataStateOf({ ...kept, undoUntil: null }, now)).toBe("kept");
  expect(dataStateOf({ ...kept, deletesDataAt: at(9) }, now)).toBe("deleting");
  expect(dataStateOf({ ...kept, deletesDataAt: at(9), dataDeletedAt: at(10) }, now)).toBe("deleted");
  expect(dataStateOf({ ...kept, dataDeletedAt: at(10) }, now), "with that of another on its account").toBe("deleted");
});

test("what was told of its data is true until its deletion begins, and after an undo", () => {
  const kept = { undoUntil: at(9), deletesDataAt: null, dataDeletedAt: null };
  expect(isDataGone(kept, now)).toBe(false);
  expect(isDataGone({ ...kept, undoUntil: at(11), deletesDataAt: at(11) }, now)).toBe(false);
  expect(isDataGone({ ...kept, undoUntil: null, deletesDataAt: at(10) }, now)).toBe(true);
  expect(isDataGone({ ...kept, dataDeletedAt: at(10) }, now)).toBe(true);
});

test("it is asked for again while its data goes, and where its undo has lapsed here and was told as open", () => {
  const told = (code: string | null) => [
    { action: "DELETE_DATA" as const, isAllowed: false, reason: code === null ? null : { code, message: code } },
  ];
  const kept = { undoUntil: at(9), deletesDataAt: null, dataDeletedAt: null, viewerCan: told("undoOpen") };
  expect(isMoving(kept, now)).toBe(true);
  expect(isMoving({ ...kept, undoUntil: at(11) }, now)).toBe(false);
  expect(isMoving({ ...kept, viewerCan: told("accountReadOn") }, now)).toBe(false);
  const chosen = { ...kept, deletesDataAt: at(9), viewerCan: told("deletionChosen") };
  expect(isMoving(chosen, now)).toBe(true);
  expect(isMoving({ ...chosen, dataDeletedAt: at(10) }, now)).toBe(false);
});

test("why its data cannot be deleted is said in its row, but for the role", () => {
  const can = (code: string | null) => ({
    viewerCan: [
      {
        action: "DELETE_DATA" as const,
        isAllowed: code === null,
        reason: code === null ? null : { code, message: `Because of ${code}.` },
      },
    ],
  });
  expect(mayDelete(can(null))).toEqual({ isAllowed: true, why: null });
  expect(mayDelete(can("role"))).toEqual({ isAllowed: false, why: null });
  expect(mayDelete(can("accountReadOn"))).toEqual({ isAllowed: false, why: "Because of accountReadOn." });
  expect(mayDelete({ viewerCan: [] })).toEqual({ isAllowed: false, why: null });
});
