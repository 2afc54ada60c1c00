import type { z } from 'zod';
import { type ErrorCode, expected, SimilarError } from '../../../plugin/errors';
import { holdsSecret } from '../util/secret-keys';

/** `['pagination', 'page']` → `pagination[page]` (query) or `pagination.page` (config). */
export type PathStyle = 'query' | 'config';

function showPath(path: PropertyKey[], style: PathStyle): string {
  // Of a query string, nothing but its parameters can be wrong.
  if (path.length === 0) return 'body';
  const [first, ...rest] = path.map(String);
  if (style === 'config') return [first, ...rest].join('.');
  return first + rest.map((part) => `[${part}]`).join('');
}

function valueAt(input: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);
}

const noun: Record<string, string> = {
  int: 'an integer',
  number: 'a number',
  string: 'a string',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  record: 'an object',
};

/** What zod wanted, in words: "an integer", "a number ≥ 1", "one of bf16, f16". */
function wish(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return noun[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.length === 1 ? JSON.stringify(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'a URL such as https://example.com/path' : issue.message;
    case 'too_small':
      if (issue.origin === 'string') return 'a text that is not empty';
      return issue.origin === 'number' ? `a number ≥ ${issue.minimum}` : `${issue.minimum} or more entries`;
    case 'too_big':
      if (issue.origin === 'string') return `a text of at most ${issue.maximum} characters`;
      return issue.origin === 'number' ? `a number ≤ ${issue.maximum}` : `${issue.maximum} or fewer entries`;
    case 'invalid_union':
      return issue.errors.map((branch) => branch.map(wish).join(' and ')).join(' or ');
    case 'invalid_key':
      return issue.issues.map((inner) => inner.message).join(' and ');
    default:
      return issue.message;
  }
}

/** Of alternatives, one may fit the value as a whole, and only something in it is wrong: then that. */
function pinpointed(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors.map(([first]) => first).find((first) => first && first.path.length > 0);
  return inner ? pinpointed({ ...inner, path: [...issue.path, ...inner.path] }) : issue;
}

/**
 * The table's one error shape for whatever a zod schema found first: names the key, the expected and the received, but of
 * the configuration no secrets.
 */
export function zodProblem(error: z.ZodError, input: unknown, code: ErrorCode, style: PathStyle): SimilarError {
  const issue = pinpointed(error.issues[0]);
  if (issue.code === 'unrecognized_keys') {
    const path = [...issue.path, issue.keys[0]];
    const name = showPath(path, style);
    // A misspelt or misplaced key may be one that holds a secret.
    if (style === 'config') return new SimilarError(code, `Unknown key ${name}`, { name });
    const value = JSON.stringify(valueAt(input, path))?.slice(0, 80);
    return new SimilarError(code, `Unknown parameter ${name} (received ${value})`, { name });
  }
  // A leaf whose schema carries its own words ("an integer from 1 to 100") starts with "Expected ".
  const words = issue.message.startsWith('Expected ') ? issue.message.slice('Expected '.length) : wish(issue);
  const isSecret = style === 'config' && holdsSecret(issue.path.join('.'));
  // Instead of the name of a header there may be all of it.
  const path = isSecret && issue.code === 'invalid_key' ? issue.path.slice(0, -1) : issue.path;
  return expected(words, showPath(path, style), valueAt(input, path), code, isSecret);
}
