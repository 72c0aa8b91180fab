import { randomUUID } from 'node:crypto';
import type { Activity } from '../activity.ts';
import type { Json, JsonObject } from '../assembly/template.ts';
import type { Pattern } from './pattern.ts';

/** An event as a service hands it in. */
export interface BusEvent {
  /** e.g. `aws.ses` */
  readonly source: string;
  readonly detailType: string;
  readonly detail: JsonObject;
  readonly resources?: readonly string[];
}

export interface BusRule {
  readonly pattern: Pattern;
  /** Hands the event to the rule's targets; never rejects. */
  readonly deliver: (event: JsonObject) => Promise<void>;
}

/** EventBridge's default bus: each event goes to the targets of every rule whose pattern it matches. */
export class EventBus {
  readonly #account: string;
  readonly #region: string;
  readonly #clock: { now(): number };
  readonly #activity: Activity;
  readonly #rules: BusRule[] = [];

  constructor(deps: { account: string; region: string; clock: { now(): number }; activity: Activity }) {
    this.#account = deps.account;
    this.#region = deps.region;
    this.#clock = deps.clock;
    this.#activity = deps.activity;
  }

  add(rule: BusRule): void {
    this.#rules.push(rule);
  }

  /** Resolves when every matching rule has handed the event to its targets. */
  async publish({ source, detailType, detail, resources = [] }: BusEvent): Promise<void> {
    const end = this.#activity.begin(`event ${detailType}`);
    const event: Record<string, Json> = {
      version: '0',
      id: randomUUID(),
      'detail-type': detailType,
      source,
      account: this.#account,
      time: `${new Date(this.#clock.now()).toISOString().slice(0, 19)}Z`,
      region: this.#region,
      resources,
      detail,
    };
    try {
      await Promise.all(this.#rules.filter((rule) => rule.pattern(event)).map((rule) => rule.deliver(event)));
    } finally {
      end();
    }
  }
}
