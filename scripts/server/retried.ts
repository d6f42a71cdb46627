const ATTEMPTS = 3;

/**
 * Tries to start a server anew where it does not come up: somebody may have taken a port since it was found free, as tests
 * start servers side by side.
 */
export async function retried<Started>(start: () => Promise<Started>): Promise<Started> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}
