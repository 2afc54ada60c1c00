import { createServer } from 'node:net';
import { SetupError } from '../setup/failure.mjs';

/** Opens the port for a moment. @returns its number: that of a free one for 0. */
export function claimPort(wanted) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const reason = error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${error.code})`;
      reject(
        new SetupError(
          `Port ${wanted} ${reason}.`,
          'End that program (perhaps another demo), or choose a port: `npm run demo -- --port 1338`.',
        ),
      );
    });
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
