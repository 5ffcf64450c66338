import { type Caller, type Callers, forbidden, type Right } from '../../devmachine/caller.ts';
import type { MachineWrites } from '../../devmachine/machines.ts';
import type { Namespaces } from '../../devmachine/namespaces.ts';
import type { MachineObjects } from '../../devmachine/objects.ts';
import { type Account, type Call, limited, QUEUE_MS, type Work } from '../calls.ts';
import type { ClusterClient } from '../client/client.ts';
import { ConcurrencyLimiter } from '../client/limiter.ts';
import type { Objects } from '../objects/index.ts';
import type { MachineCache } from '../status/machine-cache.ts';
import type { Writes } from '../writes.ts';
import { allowedNamespaces, listIn } from './allowed-namespaces.ts';
import {
  checkBearer,
  digestOf,
  expiryOf,
  streamsWithAuthorization,
  tokenRefused,
  withAuthorization,
} from './bearer.ts';
import { type Review, ReviewCache } from './review-cache.ts';
import { checkTokensCount, isAllowed, whoIs } from './reviews.ts';

export interface CallersOptions {
  /** Connections without credentials of their own; see withoutCredentials. */
  readonly client: ClusterClient;
  readonly cache: Pick<MachineCache, 'unreachable'>;
  readonly writes: Pick<Writes, 'as'>;
  readonly objects: Pick<Objects, 'as'>;
  /** The namespaces that are served; empty: all. */
  readonly namespaces: readonly string[];
  /** How many tokens are kept; by default 10,000. */
  readonly maxTokens?: number;
  /** Tests shorten them. */
  readonly times?: CallerTimes | undefined;
}

/** In ms. A long-lived request ends at most `allowedMs` + 2 × `recheckMs` after its right is gone; see http/responses/access.ts. */
export interface CallerTimes {
  /** How long the cluster's answers are kept. */
  readonly allowedMs: number;
  readonly refusedMs: number;
  /** How often a long-lived request is authorized again. */
  readonly recheckMs: number;
}

const TIMES: CallerTimes = { allowedMs: 30_000, refusedMs: 5_000, recheckMs: 15_000 };
const MAX_TOKENS = 10_000;
const MAX_RIGHTS = 50_000;
/** Whose namespaces are kept. */
const MAX_LISTS = 1_000;
const REVIEWS = { concurrent: 16, queued: 1_000, waitMs: QUEUE_MS };
/** Calls that review many namespaces. They take no slots of other reviews. */
const LISTS = { concurrent: 4, queued: 1_000, waitMs: QUEUE_MS };

interface Identity {
  readonly name: string;
}

export interface TokenCallers extends Callers {
  /** How many answers of the cluster are kept. */
  readonly size: number;
}

/**
 * Callers with a bearer token of the cluster. The cluster is asked with that token who they are and what they may read, at
 * most every `allowedMs`. Writes, and reads of objects, carry the token themselves. A token is kept only as long as its request.
 */
export function openCallers({
  client,
  cache,
  writes,
  objects,
  namespaces,
  maxTokens = MAX_TOKENS,
  times = TIMES,
}: CallersOptions): TokenCallers {
  const identities = new ReviewCache<Identity>(maxTokens);
  const rights = new ReviewCache<Right>(MAX_RIGHTS);
  const lists = new ReviewCache<Namespaces>(MAX_LISTS);
  const review = limited(client.call, new ConcurrencyLimiter(REVIEWS), cache);
  const reviewMany = limited(client.call, new ConcurrencyLimiter(LISTS), cache);

  /** Whether tokens count at all is asked once, before the first caller. */
  let checked: Promise<void> | undefined;

  class TokenCaller implements Caller {
    readonly name: string;
    readonly #bearer: Bearer;

    constructor({ name }: Identity, bearer: Bearer) {
      this.name = name;
      this.#bearer = bearer;
    }

    get recheckMs(): number {
      return times.recheckMs;
    }

    get machines(): MachineWrites {
      return writes.as(this.#account);
    }

    get objects(): MachineObjects {
      return objects.as(this.#account);
    }

    get #account(): Account {
      const { authorization, digest } = this.#bearer;
      return {
        id: digest,
        call: as(this.#bearer, client.call),
        ...streamsWithAuthorization(client, authorization, () => refuse(digest)),
        authorize: (right) => this.authorize(right),
      };
    }

    authorize(right: Right): Promise<void> | undefined {
      if (right.namespace === undefined && namespaces.length > 0) return this.#authorizeEverywhere(right);
      return rights.get(keyOf(this.#bearer, right)) ? undefined : this.#review(right);
    }

    async namespaces(all: Namespaces): Promise<Namespaces> {
      if (await this.#isAllowed(listIn(undefined))) return all;
      const question: Work<Namespaces> = (api, signal) =>
        allowedNamespaces(all, (right) => isAllowed(api, right, signal));
      // Soon after the start, the namespaces are not all known.
      const key = `${this.#bearer.digest} ${all.incomplete}`;
      return (await lists.review(key, () => ask(this.#bearer, question, reviewMany))) ?? NONE;
    }

    async #authorizeEverywhere(right: Right): Promise<void> {
      await Promise.all(namespaces.map((namespace) => this.authorize({ ...right, namespace })));
    }

    async #review(right: Right): Promise<void> {
      if (!(await this.#isAllowed(right))) throw forbidden(this.name, right);
    }

    async #isAllowed(right: Right): Promise<boolean> {
      const allowed = await rights.review(keyOf(this.#bearer, right), () =>
        ask(this.#bearer, async (api, signal) => ((await isAllowed(api, right, signal)) ? right : undefined)),
      );
      return allowed !== undefined;
    }
  }

  const as = ({ authorization, digest }: Bearer, call: Call): Call =>
    withAuthorization(call, authorization, () => refuse(digest));
  const refuse = (digest: string) => identities.refuse(digest, times.refusedMs);

  /** Asks the cluster. No request's signal aborts it, because other requests may wait for the same answer. */
  async function ask<T>(bearer: Bearer, question: Work<T | undefined>, call = review): Promise<Review<T>> {
    checked ??= review(new AbortController().signal, checkTokensCount);
    await checked.catch((error) => {
      checked = undefined;
      throw error;
    });
    const value = await as(bearer, call)(new AbortController().signal, question);
    const allowedMs = Math.min(times.allowedMs, expiryOf(bearer.authorization) - Date.now());
    return { value, validForMs: value === undefined ? times.refusedMs : allowedMs };
  }

  return {
    get size() {
      return identities.size + rights.size + lists.size;
    },
    known(authorization) {
      if (authorization === undefined) return undefined;
      const digest = digestOf(authorization);
      const identity = identities.get(digest);
      return identity && new TokenCaller(identity, { authorization, digest });
    },
    async authenticate(authorization) {
      checkBearer(authorization);
      const bearer = { authorization, digest: digestOf(authorization) };
      const identity = await identities.review(bearer.digest, () =>
        ask(bearer, async (api, signal) => {
          const name = await whoIs(api, signal);
          return name === undefined ? undefined : { name };
        }),
      );
      if (!identity) throw tokenRefused();
      return new TokenCaller(identity, bearer);
    },
  };
}

const NONE: Namespaces = { names: [], incomplete: false };

/** An Authorization header, and the digest that stands for it in caches. */
interface Bearer {
  readonly authorization: string;
  readonly digest: string;
}

const keyOf = ({ digest }: Bearer, { verb, resource, namespace = '' }: Right): string =>
  `${digest} ${verb} ${resource} ${namespace}`;
