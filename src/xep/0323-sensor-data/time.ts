export * from '../../domain/date-time.js';
