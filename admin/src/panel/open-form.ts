import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useEditView } from './edit-view';
import { placesOf, withOther } from './form-files';

/** The form that is being edited, for those who are not in it. */
export interface OpenForm {
  /** Whether one of its media fields holds the file, saved or not. */
  holds(fileId: number): boolean;
  /** Puts another file in its place, wherever it is held; the editor saves. */
  replace(fileId: number, other: { id: number }): void;
}

const offers = new Map<object, OpenForm>();
const readers = new Set<() => void>();

function offer(by: object, form: OpenForm | undefined): void {
  if (form) offers.set(by, form);
  else offers.delete(by);
  for (const read of readers) read();
}

function subscribe(read: () => void): () => void {
  readers.add(read);
  return () => readers.delete(read);
}

/** Undefined where no entry is being edited. */
export const openForm = (): OpenForm | undefined => [...offers.values()].at(-1);

export const useOpenForm = (): OpenForm | undefined => useSyncExternalStore(subscribe, openForm);

/** For a component of the edit view: offers its form while it is there. */
export function useOfferForm(): void {
  const { form, contentType, components = {} } = useEditView();
  const { disabled, values, onChange } = form;
  const me = useRef({}).current;

  // No clean-up in between: who looks would see no form for a moment, and a button lose the focus.
  useEffect(() => {
    if (!contentType || disabled) return offer(me, undefined);
    offer(me, {
      holds: (fileId) => placesOf(fileId, values, contentType, components).length > 0,
      replace(fileId, other) {
        for (const { path, value } of placesOf(fileId, values, contentType, components)) {
          onChange(path, withOther(value, fileId, other));
        }
      },
    });
  });
  useEffect(() => () => offer(me, undefined), [me]);
}
