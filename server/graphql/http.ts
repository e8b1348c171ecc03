/** GraphQL over HTTP by yoga: POST of JSON alone, answers or server-sent events. What a question is and costs is decided elsewhere. */
import { OperationTypeNode } from "graphql";
import { createYoga } from "graphql-yoga";
import type { Plugin } from "graphql-yoga";
import type { EventStreams } from "../live/events.ts";
import { admit, answer } from "./answer.ts";
import type { Answering } from "./answer.ts";
import { failure } from "./mask.ts";
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
        if (!wantsEvents(request)) return answer(answering, context.asking, params);
        return (
          (await subscribed(answering, streams, context.asking, params)) ?? answer(answering, context.asking, params)
        );
      });
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

const wantsEvents = (request: Request): boolean => /\btext\/event-stream\b/.test(request.headers.get("accept") ?? "");

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
