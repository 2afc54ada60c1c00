import { createKnexStore } from '../../plugin/store/knex';
import { createKnexTops } from '../../plugin/store/tops';
import { postgresMissing } from '../helpers/postgres';
import { onPostgres } from '../helpers/two-nodes';
import { testTops } from './tops.suite';

const open = onPostgres();

testTops(
  'PostgreSQL',
  async () => {
    const { one, two, close } = await open();
    await createKnexStore(one).open();
    return { tops: createKnexTops(one), other: createKnexTops(two), close };
  },
  postgresMissing() ?? false,
);
