import type { z } from 'zod';
import { type ErrorCode, expected, SimilarError } from '../../../plugin/errors';

/** `['pagination', 'page']` → `pagination[page]` (query) or `pagination.page` (config). */
export type PathStyle = 'query' | 'config';

function showPath(path: PropertyKey[], style: PathStyle): string {
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
    case 'too_small':
      return issue.origin === 'number' ? `a number ≥ ${issue.minimum}` : `${issue.minimum} or more entries`;
    case 'too_big':
      return issue.origin === 'number' ? `a number ≤ ${issue.maximum}` : `${issue.maximum} or fewer entries`;
    case 'invalid_union':
      return issue.errors.map((branch) => branch.map(wish).join(' and ')).join(' or ');
    case 'invalid_key':
      return issue.issues.map((inner) => inner.message).join(' and ');
    default:
      return issue.message;
  }
}

/** The table's one error shape for whatever a zod schema found first: names the key, the expected and the received. */
export function zodProblem(error: z.ZodError, input: unknown, code: ErrorCode, style: PathStyle): SimilarError {
  const issue = error.issues[0];
  if (issue.code === 'unrecognized_keys') {
    const path = [...issue.path, issue.keys[0]];
    const name = showPath(path, style);
    const value = JSON.stringify(valueAt(input, path))?.slice(0, 80);
    const kind = style === 'config' ? 'key' : 'parameter';
    return new SimilarError(code, `Unknown ${kind} ${name} (received ${value})`, { name });
  }
  // A leaf whose schema carries its own words ("an integer from 1 to 100") starts with "Expected ".
  const words = issue.message.startsWith('Expected ') ? issue.message.slice('Expected '.length) : wish(issue);
  return expected(words, showPath(issue.path, style), valueAt(input, issue.path), code);
}
