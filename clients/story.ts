// Part of the story, as a frontend plays it: a manager plans a following edition, and is told when somebody was faster.
// Usage, after `make clients`: node generated/js/story.js http://127.0.0.1:8000
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./generated/qoldau.js";

type Problem = components["schemas"]["ProblemDetails"];

const address = (globalThis as unknown as { process: { argv: string[] } }).process.argv[2] ?? "http://127.0.0.1:8000";
const everybody = createClient<paths>({ baseUrl: address });

/** Return what an answer holds; a problem ends the story. */
function taken<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.url}: ${answer.response.status} ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`the story stops: not ${what}`);
}

const signedIn = taken(
  await everybody.POST("/v1/auth/token", {
    body: {
      grant_type: "password",
      login: "manager@demonstration.example",
      password: "qoldau-demonstration",
    },
  }),
);
const asManager: Middleware = {
  onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${signedIn.access_token}`);
    return request;
  },
};
const manager = createClient<paths>({ baseUrl: address });
manager.use(asManager);

const me = taken(await manager.GET("/v1/me"));
expect(me.roles.includes("manager"), "a manager");

const found = taken(await manager.GET("/v1/editions", { params: { query: { code: "AVI-2025-C1" } } }));
const origin = found.items[0];
expect(origin !== undefined, "the edition of 2025");

// A repeat with the same key has one effect and one answer.
const wish = {
  params: { path: { edition_id: origin.id }, header: { "Idempotency-Key": crypto.randomUUID() } },
  body: {
    code: `TS-${crypto.randomUUID()}`,
    title: { en: "Avicenna, planned by a TypeScript client (synthetic)" },
    period: "2027",
    provenance: "synthetic" as const,
  },
};
const made = taken(await manager.POST("/v1/editions/{edition_id}/clone", wish));
const repeated = taken(await manager.POST("/v1/editions/{edition_id}/clone", wish));
expect(made.id === repeated.id && made.state === "draft", "one new edition");

// Who changes what somebody else has changed meanwhile is told so.
const path = { edition_id: made.id };
const read = await manager.GET("/v1/editions/{edition_id}", { params: { path } });
const tag = read.response.headers.get("ETag");
expect(tag !== null, "an ETag");
const change = (capacity: number) =>
  manager.PATCH("/v1/editions/{edition_id}", {
    params: { path, header: { "if-match": tag } },
    body: { capacity_max: capacity },
  });
expect(taken(await change(25)).capacity_max === 25, "changed");
const late = await change(30);
const problem: Problem | undefined = late.error;
expect(late.response.status === 412 && problem?.code === "precondition-failed", "told that somebody was faster");

for (const country of ["KG", "TJ"]) {
  const body = { owner: "country", country, seats: 5, reserve: 3 } as const;
  taken(await manager.POST("/v1/editions/{edition_id}/seats", { params: { path }, body }));
}
const overview = taken(await manager.GET("/v1/overviews/editions/{edition_id}", { params: { path } }));
// What has not yet reached another service is named in `missing`; the plan is always there.
expect(overview.edition.id === made.id, "an overview of it");

const unseen = await everybody.GET("/v1/editions/{edition_id}", { params: { path } });
expect(unseen.response.status === 404, "hidden from the public");
console.log(`played: ${made.id}`);
