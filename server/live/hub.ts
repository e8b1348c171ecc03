/** One topic per organisation: what changed is gathered for a moment, and every group of it runs once. */
import type { DatasourceId, OrganisationId } from "@headwater/db/schema/ids.ts";
import type { Group } from "./group.ts";
import type { Member } from "./member.ts";

/** No datasource is told of more than four times a second. */
const TICK_MS = 250;
/** A first change waits a breath, so that what one commit changes travels together. */
const BREATH_MS = 15;

interface Topic {
  readonly groups: Map<string, Group>;
  readonly dirty: Set<DatasourceId>;
  isBesideDirty: boolean;
  isDue: boolean;
  toldAt: number;
}

export class Hub {
  readonly #topics = new Map<OrganisationId, Topic>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async join(organisation: OrganisationId, key: string, make: () => Group, member: Member): Promise<() => void> {
    const topic = this.#topicOf(organisation);
    const group = topic.groups.get(key) ?? make();
    topic.groups.set(key, group);
    await group.join(member);
    return () => this.#leave(organisation, key, group, member);
  }

  changed(organisation: OrganisationId, datasource: DatasourceId): void {
    const topic = this.#topics.get(organisation);
    if (topic === undefined) return;
    topic.dirty.add(datasource);
    this.#schedule(topic);
  }

  /** Health, and whatever else is told beside the datasources: every group there is. */
  besideChanged(): void {
    for (const topic of this.#topics.values()) {
      topic.isBesideDirty = true;
      this.#schedule(topic);
    }
  }

  /** The ear was deaf for a while: read every topic in use again. */
  async rereadAll(): Promise<void> {
    await Promise.all(this.#groups().map((group) => group.reread()));
  }

  end(): void {
    for (const group of this.#groups()) for (const member of group.members) member.end("shutdown");
    this.#topics.clear();
  }

  counts(): { members: number; groups: number } {
    const groups = this.#groups();
    return { groups: groups.length, members: groups.reduce((sum, group) => sum + group.size, 0) };
  }

  #groups(): Group[] {
    return [...this.#topics.values()].flatMap((topic) => [...topic.groups.values()]);
  }

  #topicOf(organisation: OrganisationId): Topic {
    const known = this.#topics.get(organisation);
    if (known !== undefined) return known;
    const fresh: Topic = { groups: new Map(), dirty: new Set(), isBesideDirty: false, isDue: false, toldAt: 0 };
    this.#topics.set(organisation, fresh);
    return fresh;
  }

  #schedule(topic: Topic): void {
    if (topic.isDue) return;
    topic.isDue = true;
    setTimeout(() => void this.#tell(topic), Math.max(BREATH_MS, topic.toldAt + TICK_MS - this.#now()));
  }

  /** What changes meanwhile waits for the next tick, so that a slow statement never builds a queue of its own. */
  async #tell(topic: Topic): Promise<void> {
    const ids = [...topic.dirty];
    const isBeside = topic.isBesideDirty && ids.length === 0;
    topic.dirty.clear();
    topic.isBesideDirty = false;
    topic.toldAt = this.#now();
    await Promise.all([...topic.groups.values()].map((group) => (isBeside ? group.beside() : group.changed(ids))));
    topic.isDue = false;
    if (topic.dirty.size > 0 || topic.isBesideDirty) this.#schedule(topic);
  }

  #leave(organisation: OrganisationId, key: string, group: Group, member: Member): void {
    group.leave(member);
    const topic = this.#topics.get(organisation);
    if (group.size > 0 || topic?.groups.get(key) !== group) return;
    topic.groups.delete(key);
    if (topic.groups.size === 0) this.#topics.delete(organisation);
  }
}
