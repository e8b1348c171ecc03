/** GraphQL over HTTP by yoga: POST of JSON alone, answers or server-sent events. What a question is and costs is decided elsewhere. */
import { OperationTypeNode } from "graphql";
import type { ExecutionResult } from "graphql";
import { createYoga } from "graphql-yoga";
import type { Plugin } from "graphql-yoga";
import type { EventStreams } from "../live/events.ts";
import { answerType, GRAPHQL_JSON } from "../http/accepted.ts";
import { challengeTo } from "../http/exchange.ts";
import { admit, answer } from "./answer.ts";
import type { Answering } from "./answer.ts";
import { failure, isTopLevelCode, remade } from "./mask.ts";
import type { TopLevelCode } from "./mask.ts";
import type { Asking } from "./operation.ts";

export interface ServerContext {
  readonly asking: Asking;
}

export function makeGraphqlHttp(answering: Answering, streams: EventStreams) {
  const asking: Plugin<object, ServerContext> = {
    onParams({ params: sent, setParams, setParamsHandler }) {
      // A document on record is asked for by its id alone; yoga would refuse a request without a text before we see it.
      if (sent.query === undefined) setParams({ ...sent, query: "" });
      setParamsHandler(async ({ params, context, request }) => {
        if (!wantsEvents(request)) {
          const result = await answer(answering, context.asking, params);
          return answerType(request.headers.get("accept") ?? "") === GRAPHQL_JSON ? withStatus(result) : result;
        }
        return (
          (await subscribed(answering, streams, context.asking, params)) ?? answer(answering, context.asking, params)
        );
      });
    },
    onResponse({ request, response }) {
      if (response.status === 401)
        response.headers.set("www-authenticate", challengeTo(request.headers.get("authorization")));
    },
  };
  return createYoga<ServerContext>({
    graphqlEndpoint: "/graphql",
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    cors: false,
    logging: false,
    maskedErrors: false,
    healthCheckEndpoint: "/graphql/healthz-is-elsewhere",
    plugins: [asking],
  });
}

const wantsEvents = (request: Request): boolean => (request.headers.get("accept") ?? "").includes("text/event-stream");

const STATUS: Partial<Record<TopLevelCode, number>> = { FORBIDDEN: 403, TIMEOUT: 503, INTERNAL: 500 };

/**
 * What could not be run at all says so by its status in GraphQL's own media type; in plain JSON it is 200 (`spec`), as
 * GraphQL over HTTP has it for readers that take any other status for a broken line.
 */
function withStatus(result: ExecutionResult): ExecutionResult {
  if (result.errors === undefined || "data" in result) return result;
  const errors = result.errors.map((error) => {
    const { code, http } = error.extensions;
    const status = isTopLevelCode(code) ? (STATUS[code] ?? 400) : 500;
    return http === undefined
      ? remade(error, error.message, { ...error.extensions, http: { spec: true, status } })
      : error;
  });
  return { ...result, errors };
}

/** Null for what is no subscription. */
async function subscribed(
  answering: Answering,
  streams: EventStreams,
  asking: Asking,
  params: Parameters<typeof admit>[2],
) {
  const prepared = answering.prepare(params, asking.caller);
  if (!prepared.ok || prepared.operation.definition.operation !== OperationTypeNode.SUBSCRIPTION) return null;
  const admitted = admit(answering, asking, params);
  if (!admitted.ok) return { errors: admitted.errors };
  const stream = await streams.open(asking, admitted.prepared);
  return "errors" in stream
    ? {
        errors: stream.errors.map((error) =>
          error.extensions["code"] === undefined ? failure(error.message, "BAD_REQUEST") : error,
        ),
      }
    : stream;
}
