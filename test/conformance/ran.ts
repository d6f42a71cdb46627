import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { isMeant, placeOf } from '../../conformance/files.js';

/** A test that is named somewhere; `maySkip` where it need not have run. */
export interface Named {
  readonly test: string;
  readonly maySkip: boolean;
}

/**
 * Fails a run in which a test that CONFORMANCE.md names is missing or was skipped. One that failed fails the run itself.
 * Of the files that were run only: who runs one file is not told of the others.
 */
export function createRanReporter(named: readonly Named[], filtered: () => boolean): Reporter {
  return {
    onTestRunEnd(modules) {
      if (filtered()) return;
      const faults = [...new Set(faultsOf(named, modules.map(resultsOf)))];
      if (faults.length === 0) return;
      console.error(
        `\nCONFORMANCE.md names tests that did not run:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
      );
      process.exitCode = 1;
    },
  };
}

/** What came of the tests of one file, by their full names. */
export interface Results {
  readonly file: string;
  readonly states: ReadonlyMap<string, 'passed' | 'failed' | 'skipped' | 'pending'>;
}

/** @returns what is wrong with the tests named, of those whose files were run. */
export function faultsOf(named: readonly Named[], results: readonly Results[]): string[] {
  const byFile = new Map(results.map((each) => [each.file, each.states]));
  return named.flatMap(({ test, maySkip }) => {
    const { file = '', name } = placeOf(test);
    const states = byFile.get(file);
    if (states === undefined) return [];
    const meant = [...states].filter(([fullName]) => isMeant(name, fullName));
    if (meant.length === 0) return [`${file} > ${name}: there is no such test`];
    const skipped = meant.filter(([, state]) => state !== 'passed' && state !== 'failed');
    return maySkip ? [] : skipped.map(([fullName]) => `${file} > ${fullName}: it was skipped`);
  });
}

function resultsOf(module: TestModule): Results {
  const tests = [...module.children.allTests()];
  const file = relative(process.cwd(), module.moduleId).replaceAll('\\', '/');
  return { file, states: new Map(tests.map((test) => [test.fullName, test.result().state])) };
}
