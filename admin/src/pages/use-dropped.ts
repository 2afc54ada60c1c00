import { type DragEvent, useEffect, useState } from 'react';

/** Pictures that are dropped on what has `drop`, or pasted anywhere on the page. */
export function useDropped(onPicture: (file: File) => void) {
  /** Name of a file that is no picture. */
  const [refused, setRefused] = useState<string>();
  const [isDragging, setDragging] = useState(false);

  function take(file: File | undefined): void {
    if (!file) return;
    const isPicture = file.type.startsWith('image/');
    setRefused(isPicture ? undefined : file.name);
    if (isPicture) onPicture(file);
  }

  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => take(event.clipboardData?.files[0]);
    window.addEventListener('paste', onPaste);
    return () => window.removeEventListener('paste', onPaste);
  });

  useEffect(() => {
    const onOver = (event: globalThis.DragEvent) => setDragging(event.dataTransfer?.types.includes('Files') ?? false);
    const onLeave = (event: globalThis.DragEvent) => {
      // It has left the window, and not one element for another.
      if (!event.relatedTarget) setDragging(false);
    };
    const onEnd = () => setDragging(false);
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onEnd);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onEnd);
    };
  }, []);

  return {
    /** A file is being dragged over the page. */
    isDragging,
    refused,
    forget: () => setRefused(undefined),
    drop: {
      onDragOver: (event: DragEvent) => event.preventDefault(),
      onDrop(event: DragEvent) {
        event.preventDefault();
        take(event.dataTransfer.files[0]);
      },
    },
  };
}
