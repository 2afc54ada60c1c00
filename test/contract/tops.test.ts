import { createKnexStore } from '../../plugin/store/knex';
import { createKnexTops } from '../../plugin/store/tops';
import { DATABASES } from '../helpers/two-nodes';
import { testTops } from './tops.suite';

for (const [name, { open, skip }] of Object.entries(DATABASES)) {
  const openNodes = open();
  const openTops = async () => {
    const { one, two, close } = await openNodes();
    await createKnexStore(one).open();
    return { tops: createKnexTops(one), other: createKnexTops(two), close };
  };
  testTops(name, openTops, skip);
}
