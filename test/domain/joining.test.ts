import { describe, expect, it } from 'vitest';
import { renamedNode } from '../../src/domain/joining.js';
import { at } from './world.js';

const node = (nodeId: string) => ({ nodeId, sourceId: '', cacheType: '' });
const alone = (jid: string, ...nodes: string[]) => ({ address: at(`${jid}@example.org`), nodes: nodes.map(node) });
const behind = (nodeId: string, ...nodes: string[]) => ({
  ...alone('gate', ...nodes),
  address: at('gate@example.org', nodeId),
});

describe('the node of a Thing that is replaced', () => {
  it.each([
    ['one that stands alone, of another name', alone('a', 'x'), alone('b', 'y'), 'x -> y'],
    ['one that stands alone and names nothing', alone('a', 'x'), alone('b', ''), 'x -> '],
    ['one behind a concentrator', alone('a', ''), behind('meter-7', 'meter-7'), ' -> meter-7'],
    ['one that is called the same', alone('a', 'x'), alone('b', 'x'), undefined],
    ['one with further nodes', alone('a', 'x', 'pump'), alone('b', 'y', 'pump'), 'x -> y'],
    ['one whose further node has its name', alone('a', 'x'), alone('b', 'y', 'x'), undefined],
    ['one whose name a further node of its own has', alone('a', 'x', 'y'), alone('b', 'y'), undefined],
    ['one that has reported nothing, and stands alone too', alone('a', 'x', 'pump'), alone('b'), undefined],
    ['one that has reported nothing, behind a concentrator', alone('a', 'x'), behind('meter-7'), 'x -> meter-7'],
    ['one of two behind concentrators that has reported nothing', behind('m1', 'm1'), behind('m2'), 'm1 -> m2'],
    ['one that stands alone in place of one behind a concentrator', behind('m1', 'm1'), alone('b'), 'm1 -> '],
    ['anything, where the old one never reported', alone('a'), alone('b', 'y'), undefined],
  ])('becomes that of %s', (_, from, to, expected) => {
    const renamed = renamedNode(from, to);
    expect(renamed && `${renamed.node.nodeId} -> ${renamed.as.nodeId}`).toBe(expected);
  });

  it('is told from others by source and cache type as well', () => {
    const [first, second] = [
      { ...node('x'), sourceId: 's' },
      { ...node('x'), sourceId: 't', cacheType: 'c' },
    ];
    const to = { address: at('b@example.org'), nodes: [second] };
    expect(renamedNode({ address: at('a@example.org'), nodes: [first] }, to)).toEqual({ node: first, as: second });
  });
});
