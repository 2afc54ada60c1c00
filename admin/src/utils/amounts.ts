const STEPS = [
  { unit: 'day', seconds: 86_400, from: 36 * 3_600 },
  { unit: 'hour', seconds: 3_600, from: 90 * 60 },
  { unit: 'minute', seconds: 60, from: 90 },
] as const;

export interface Amount {
  value: number;
  unit: 'second' | 'minute' | 'hour' | 'day' | 'kilobyte' | 'megabyte' | 'gigabyte';
}

/** A length of time in the unit that people would say it in: 5,400 seconds are two hours, 5,399 are 90 minutes. */
export function amountOfTime(seconds: number): Amount {
  const step = STEPS.find(({ from }) => seconds >= from);
  return step
    ? { value: Math.round(seconds / step.seconds), unit: step.unit }
    : { value: Math.max(1, Math.round(seconds)), unit: 'second' };
}

/** Bytes in the largest unit of which there is one: 1,200,000 are 1.2 megabytes. */
export function amountOfBytes(bytes: number): Amount {
  // What is rounded up to a thousand of a unit is one of the next.
  if (bytes >= 999.5e6) return { value: bytes / 1e9, unit: 'gigabyte' };
  if (bytes >= 999.5e3) return { value: bytes / 1e6, unit: 'megabyte' };
  return { value: Math.max(1, bytes / 1e3), unit: 'kilobyte' };
}
