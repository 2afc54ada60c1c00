import { createKnexStore } from '../../plugin/store/knex';
import { createKnexTops } from '../../plugin/store/tops';
import { onSqlite } from '../helpers/two-nodes';
import { testTops } from './tops.suite';

testTops('SQLite', async () => {
  const { one, two, close } = await onSqlite();
  await createKnexStore(one).open();
  return { tops: createKnexTops(one), other: createKnexTops(two), close };
});
