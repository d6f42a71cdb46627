import { defineConfig } from 'vitest/config';
import { DIALECTS } from './conformance/dialects.js';
import { SPECIFICATIONS } from './conformance/index.js';
import { linesOf, listOf } from './conformance/requirement.js';
import { createRanReporter } from './test/conformance/ran.js';

/** The tests that CONFORMANCE.md names. */
const named = [
  ...SPECIFICATIONS.flatMap(linesOf).flatMap(({ tests, maySkip }) => tests.map((test) => ({ test, maySkip }))),
  ...DIALECTS.flatMap(({ tests }) => listOf(tests).map((test) => ({ test, maySkip: false }))),
];

export default defineConfig({
  plugins: [
    {
      name: 'conformance',
      // By way of a plugin, as reporters given on the command line take the place of those given here.
      configureVitest({ vitest }) {
        const isFiltered = () => vitest.config.testNamePattern !== undefined;
        vitest.config.reporters.push(createRanReporter(named, isFiltered));
      },
    },
  ],
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/schemas/setup.ts'],
    // Integration files each start servers of their own; two at a time is what two cores bear.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
