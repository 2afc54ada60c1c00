/** Loaded into each test file's process: asked by a signal, it says what keeps the process from ending. */
process.on('SIGUSR2', () => {
  const counted = new Map();
  for (const kind of process.getActiveResourcesInfo()) counted.set(kind, (counted.get(kind) ?? 0) + 1);
  const list = [...counted].map(([kind, count]) => (count > 1 ? `${count} × ${kind}` : kind));
  console.error(`Still active in this process: ${list.join(', ') || 'nothing'}`);
});
