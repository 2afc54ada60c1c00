import { type DragEvent, useEffect, useState } from 'react';

/** Pictures that are dropped on what has `drop`, or pasted anywhere on the page. */
export function useDropped(onPicture: (file: File) => void) {
  /** Name of a file that is no picture. */
  const [refused, setRefused] = useState<string>();

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

  return {
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
