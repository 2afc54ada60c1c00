import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvLine } from '../../../server/src/util/csv';

test('what a spreadsheet would run is a text, and stays one inside quotes', () => {
  for (const [text, cell] of [
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ['a-b=c.jpg', 'a-b=c.jpg'],
  ])
    assert.equal(csvLine([text]), `${cell}\r\n`);
});

test('separators, quotes and line breaks are kept; numbers are no texts; what is unknown is empty', () => {
  assert.equal(
    csvLine(['a,b', 'a;b', 'say "x"', 'two\nlines', -1, undefined]),
    '"a,b","a;b","say ""x""","two\nlines",-1,\r\n',
  );
});
