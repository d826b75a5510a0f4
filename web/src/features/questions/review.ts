import { isObject, type Json, type JsonObject } from '@longrun/shared';

/**
 * Requests to review tool calls, as LangChain's human-in-the-loop middleware asks them (`actionRequests` and
 * `reviewConfigs`, in Python with underscores), and as its older agent inbox did (`action_request` and `config`).
 * Decisions are given in the order of the actions, in the words of whoever asked.
 */
export interface Review {
  dialect: 'middleware' | 'middleware_snake' | 'inbox';
  actions: ReviewAction[];
}

export interface ReviewAction {
  name: string;
  args: JsonObject;
  description: string | null;
  allowed: DecisionKind[];
}

export type DecisionKind = 'approve' | 'edit' | 'reject' | 'respond';

export type Decision =
  | { kind: 'approve' }
  | { kind: 'edit'; args: JsonObject }
  | { kind: 'reject'; message: string }
  | { kind: 'respond'; message: string };

const KINDS: readonly DecisionKind[] = ['approve', 'edit', 'reject', 'respond'];

/** Null when the value is no such request. */
export function reviewOf(value: Json): Review | null {
  return middlewareReview(value) ?? inboxReview(value);
}

function middlewareReview(value: Json): Review | null {
  if (!isObject(value)) return null;
  const snake = Array.isArray(value['action_requests']);
  const requests = value[snake ? 'action_requests' : 'actionRequests'];
  if (!Array.isArray(requests) || requests.length === 0) return null;
  const found = value[snake ? 'review_configs' : 'reviewConfigs'];
  const configs = Array.isArray(found) ? found.filter(isObject) : [];
  const actions: ReviewAction[] = [];
  for (const request of requests) {
    if (!isObject(request)) return null;
    const name = request['name'] ?? request['action'];
    if (typeof name !== 'string') return null;
    const config = configs.find((one) => one[snake ? 'action_name' : 'actionName'] === name);
    const allowed = config?.[snake ? 'allowed_decisions' : 'allowedDecisions'];
    actions.push({
      name,
      args: argsOf(request),
      description: textOf(request['description']),
      allowed: Array.isArray(allowed)
        ? KINDS.filter((kind) => allowed.includes(kind))
        : ['approve', 'reject'],
    });
  }
  return { dialect: snake ? 'middleware_snake' : 'middleware', actions };
}

function inboxReview(value: Json): Review | null {
  const list = Array.isArray(value) ? value : [value];
  const actions: ReviewAction[] = [];
  for (const one of list) {
    if (!isObject(one) || !isObject(one['action_request'])) return null;
    const request = one['action_request'];
    const config = isObject(one['config']) ? one['config'] : {};
    const { action } = request;
    if (typeof action !== 'string') return null;
    const allowed: DecisionKind[] = [
      ...(config['allow_accept'] === true ? (['approve'] as const) : []),
      ...(config['allow_edit'] === true ? (['edit'] as const) : []),
      ...(config['allow_ignore'] === true ? (['reject'] as const) : []),
      ...(config['allow_respond'] === true ? (['respond'] as const) : []),
    ];
    actions.push({ name: action, args: argsOf(request), description: textOf(one['description']), allowed });
  }
  if (actions.length === 0) return null;
  return { dialect: 'inbox', actions };
}

/** The value that resumes the graph: one decision for each action, in order. */
export function reviewAnswer(review: Review, decisions: readonly Decision[]): Json {
  const { dialect } = review;
  // The inbox always answers with a list, also a graph that asked with one request alone.
  if (dialect === 'inbox') {
    return decisions.map((decision, i) => inboxResponse(decision, review.actions[i]?.name ?? ''));
  }
  const edited = dialect === 'middleware' ? 'editedAction' : 'edited_action';
  return {
    decisions: decisions.map((decision, i): JsonObject => {
      switch (decision.kind) {
        case 'approve':
          return { type: 'approve' };
        case 'edit':
          return { type: 'edit', [edited]: { name: review.actions[i]?.name ?? '', args: decision.args } };
        case 'reject':
        case 'respond':
          return { type: decision.kind, ...(decision.message === '' ? {} : { message: decision.message }) };
        default:
          return decision satisfies never;
      }
    }),
  };
}

function inboxResponse(decision: Decision, action: string): JsonObject {
  switch (decision.kind) {
    case 'approve':
      return { type: 'accept', args: null };
    case 'edit':
      return { type: 'edit', args: { action, args: decision.args } };
    case 'reject':
      return { type: 'ignore', args: decision.message === '' ? null : decision.message };
    case 'respond':
      return { type: 'response', args: decision.message };
    default:
      return decision satisfies never;
  }
}

/** `Approved send_email`, for each decision of an answer that was given; null when the answer has another shape. */
export function decisionWords(review: Review, answer: Json): string[] | null {
  const list = isObject(answer) && Array.isArray(answer['decisions']) ? answer['decisions'] : answer;
  const decisions = Array.isArray(list) ? list : [list];
  const words = decisions.map((decision, i) => {
    const word =
      isObject(decision) && typeof decision['type'] === 'string' ? PAST[decision['type']] : undefined;
    return word === undefined ? null : `${word} ${review.actions[i]?.name ?? ''}`;
  });
  return words.every((word) => word !== null) ? words : null;
}

const PAST: { [type: string]: string } = {
  approve: 'Approved',
  accept: 'Approved',
  edit: 'Changed',
  reject: 'Rejected',
  ignore: 'Rejected',
  respond: 'Answered',
  response: 'Answered',
};

function argsOf(request: JsonObject): JsonObject {
  const args = request['args'] ?? request['arguments'];
  return isObject(args) ? args : {};
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
