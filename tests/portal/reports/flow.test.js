/** Every way through the questions, walked. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { after, before, wayOf } from '../../../portal/static/reports/flow.js';

const VALUES = {
  situation: ['', 'shared', 'threatened', 'worried', 'found'],
  image_of: ['', 'me', 'altered', 'helping'],
  age_band: ['', 'under_13', '13_15', '16_17', '18'],
  has_file: ['', 'yes', 'no'],
  links: [0, 1],
  files: [0, 1],
};

function* everyone() {
  const names = Object.keys(VALUES);
  const sizes = names.map((name) => VALUES[name].length);
  const total = sizes.reduce((a, b) => a * b, 1);
  for (let n = 0; n < total; n += 1) {
    let rest = n;
    yield Object.fromEntries(names.map((name, i) => {
      const value = VALUES[name][rest % sizes[i]];
      rest = Math.floor(rest / sizes[i]);
      return [name, value];
    }));
  }
}

test('every way ends where something can be sent, or where other help is shown', () => {
  for (const told of everyone()) {
    const way = wayOf(told);
    assert.equal(way[0], 'leave');
    const end = way[way.length - 1];
    assert.ok(['check', 'adult', 'nothing'].includes(end), JSON.stringify(told));
    assert.equal(end === 'check', told.age_band !== '18' && (told.files > 0 || told.links > 0), JSON.stringify(told));
  }
});

test('back undoes next on every way', () => {
  for (const told of everyone()) {
    const way = wayOf(told);
    for (let i = 1; i < way.length; i += 1) {
      assert.equal(after(way[i - 1], told), way[i]);
      assert.equal(before(way[i], told), way[i - 1]);
    }
    assert.equal(after(way[way.length - 1], told), undefined);
  }
});

test('someone who is threatened sees what to do tonight before anything else is asked', () => {
  assert.deepEqual(wayOf({ situation: 'threatened' }).slice(0, 3), ['leave', 'situation', 'threat']);
});

test('someone who helps is told the one rule before any file is asked for', () => {
  const way = wayOf({ image_of: 'helping', files: 1 });
  assert.ok(way.indexOf('helping') < way.indexOf('choose'));
});

test('someone without the file is never asked to choose one', () => {
  assert.ok(!wayOf({ has_file: 'no', links: 1 }).includes('choose'));
});
