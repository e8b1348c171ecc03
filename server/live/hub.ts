/** One topic per organisation: what changed is gathered for a moment, and every group of it runs once. */
import type { DatasourceId, OrganisationId } from "@headwater/db/schema/ids.ts";
import type { Group } from "./group.ts";
import type { Member } from "./member.ts";

/** No datasource is told of more than four times a second. */
export const TICK_MS = 250;
/** A first change waits a breath, so that what one commit changes travels together. */
const BREATH_MS = 15;

interface Topic {
  readonly groups: Map<string, Group>;
  readonly dirty: Set<DatasourceId>;
  isBesideDirty: boolean;
  isDue: boolean;
  toldAt: number;
}

export interface Hub {
  join(organisation: OrganisationId, key: string, make: () => Group, member: Member): Promise<() => void>;
  changed(organisation: OrganisationId, datasource: DatasourceId): void;
  /** Slots or health: every group of the organisation, or of all. */
  besideChanged(organisation: OrganisationId | null): void;
  /** The ear was deaf for a while: read every topic in use again. */
  rereadAll(): Promise<void>;
  readonly organisations: Iterable<OrganisationId>;
  membersOf(organisation: OrganisationId): Member[];
  end(): void;
  counts(): { members: number; groups: number };
}

export function openHub(now: () => number = Date.now): Hub {
  const topics = new Map<OrganisationId, Topic>();

  function topicOf(organisation: OrganisationId): Topic {
    const known = topics.get(organisation);
    if (known !== undefined) return known;
    const fresh: Topic = { groups: new Map(), dirty: new Set(), isBesideDirty: false, isDue: false, toldAt: 0 };
    topics.set(organisation, fresh);
    return fresh;
  }

  function schedule(topic: Topic): void {
    if (topic.isDue) return;
    topic.isDue = true;
    setTimeout(() => void tell(topic), Math.max(BREATH_MS, topic.toldAt + TICK_MS - now()));
  }

  async function tell(topic: Topic): Promise<void> {
    const ids = [...topic.dirty];
    const isBeside = topic.isBesideDirty && ids.length === 0;
    topic.dirty.clear();
    topic.isBesideDirty = false;
    topic.toldAt = now();
    // What changes meanwhile waits for the next tick, so that a slow statement never builds a queue of its own.
    await Promise.all([...topic.groups.values()].map((group) => (isBeside ? group.beside() : group.changed(ids))));
    topic.isDue = false;
    if (topic.dirty.size > 0 || topic.isBesideDirty) schedule(topic);
  }

  function leave(organisation: OrganisationId, key: string, group: Group, member: Member): void {
    group.leave(member);
    const topic = topics.get(organisation);
    if (group.size > 0 || topic?.groups.get(key) !== group) return;
    topic.groups.delete(key);
    if (topic.groups.size === 0) topics.delete(organisation);
  }

  return {
    organisations: { [Symbol.iterator]: () => topics.keys() },
    async join(organisation, key, make, member) {
      const topic = topicOf(organisation);
      const group = topic.groups.get(key) ?? make();
      topic.groups.set(key, group);
      await group.join(member);
      return () => leave(organisation, key, group, member);
    },
    changed(organisation, datasource) {
      const topic = topics.get(organisation);
      if (topic === undefined) return;
      topic.dirty.add(datasource);
      schedule(topic);
    },
    besideChanged(organisation) {
      const touched =
        organisation === null
          ? [...topics.values()]
          : [topics.get(organisation)].filter((topic) => topic !== undefined);
      for (const topic of touched) {
        topic.isBesideDirty = true;
        schedule(topic);
      }
    },
    async rereadAll() {
      await Promise.all(
        [...topics.values()].flatMap((topic) => [...topic.groups.values()].map((group) => group.reread())),
      );
    },
    membersOf: (organisation) =>
      [...(topics.get(organisation)?.groups.values() ?? [])].flatMap((group) => [...group.members]),
    end() {
      for (const topic of topics.values())
        for (const group of topic.groups.values()) for (const member of group.members) member.end("shutdown");
      topics.clear();
    },
    counts() {
      const groups = [...topics.values()].flatMap((topic) => [...topic.groups.values()]);
      return { groups: groups.length, members: groups.reduce((sum, group) => sum + group.size, 0) };
    },
  };
}
