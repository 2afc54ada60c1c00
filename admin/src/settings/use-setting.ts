import { useForm } from '@strapi/strapi/admin';
import { createContext, useContext } from 'react';
import type { SettingKey, SettingState, SettingsResponse } from '../../../plugin/contracts/settings';

/** What the server said was wrong: the path of the value, and why. */
export interface SettingsProblem {
  path: string;
  message: string;
}

export const SettingsContext = createContext<{ response: SettingsResponse; problem?: SettingsProblem } | undefined>(
  undefined,
);

/** What is changed and not saved yet, by key; null: back to the default. */
export type Changes = Partial<Record<SettingKey, unknown>>;

export interface Setting<Value> extends SettingState {
  /** As it is shown: with what is changed and not saved yet. */
  shown: Value;
  /** The configuration file sets it. */
  fixed: boolean;
  /** Shown is something else than what is saved. */
  changed: boolean;
  error?: string;
  /** Null takes it back to the default. */
  change(value: Value | null): void;
  /** As if it had not been touched. */
  undo(): void;
}

/** One setting of the form around it. */
export function useSetting<Value>(key: SettingKey): Setting<Value> {
  const context = useContext(SettingsContext);
  if (!context) throw new Error('useSetting is for the fields of the settings page');
  const { values, onChange } = useForm('useSetting', ({ values, onChange }) => ({ values, onChange }));
  const { changes } = values as { changes: Changes };
  const state = context.response.settings[key];
  const { problem } = context;
  const changed = changes[key];
  function undo(): void {
    const { [key]: _, ...others } = changes;
    onChange('changes', others);
  }
  return {
    ...state,
    shown: (changed === undefined ? state.value : (changed ?? state.default)) as Value,
    // A way back that is not saved yet can be seen.
    source: changed === undefined ? state.source : changed === null ? 'default' : 'settings',
    fixed: state.source === 'config',
    changed: changed !== undefined,
    ...(problem && within(problem.path, key) && { error: problem.message }),
    undo,
    change(value) {
      // A value that is changed back is not a change.
      const isSame = JSON.stringify(value) === JSON.stringify(state.value);
      if (isSame || (value === null && state.source === 'default')) undo();
      else onChange('changes', { ...changes, [key]: value });
    },
  };
}

const within = (path: string, key: string) => path === key || path.startsWith(`${key}.`);
