/**
 * Time for which instances are billed, in seconds, when `requests` of `seconds` each come at random within `within` seconds
 * and up to `concurrency` of them share an instance. The number at work at any moment is then Poisson distributed with mean
 * requests * seconds / within (M/G/infinity), and ceil(n / concurrency) instances are up. For means below 700, where e^-mean is still a number.
 */
export function instanceSeconds(load: {
  requests: number;
  seconds: number;
  within: number;
  concurrency: number;
}): number {
  const mean = (load.requests * load.seconds) / load.within;
  let probability = Math.exp(-mean);
  let expected = 0;
  // Beyond this, what is left out is less than a millionth.
  const most = Math.ceil(mean + 10 * Math.sqrt(mean) + 20);
  for (let n = 1; n <= most; n += 1) {
    probability *= mean / n;
    expected += probability * Math.ceil(n / load.concurrency);
  }
  return load.within * expected;
}
