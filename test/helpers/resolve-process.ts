import { pullModel } from '../../plugin/models/manage';

/** Child process that pulls a model with the options it is sent, as a second CMS node would. */
process.once('message', async ({ name, options }: { name: string; options: object }) => {
  const answer = await pullModel(name, options).catch((error) => ({ error: String(error) }));
  process.send!(answer, () => process.disconnect());
});
