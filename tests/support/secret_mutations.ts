/**
 * Yields every text that differs from a secret in one character, then as many again with several mutations,
 * from a fixed seed.
 */
export function* mutationsOf(secret: string, count: number): Generator<string> {
  const characters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-=~ ";
  const mutations = [replacedAt, removedAt, doubledAt, swappedAt];
  let seed = 0x2545f491;
  const next = (below: number) => {
    seed = Math.imul(seed ^ seed >>> 15, 0x2c1b3c6d) + 0x9e3779b9 >>> 0;
    return (seed >>> 8) % below;
  };
  let yielded = 0;
  const all = secret.length * characters.length;
  for (let number = 0; yielded < count; number++) {
    let mutated = secret;
    if (number < all) {
      mutated = replacedAt(
        secret,
        Math.floor(number / characters.length),
        characters[number % characters.length]!,
      );
    } else {
      for (let times = next(4) + 1; times > 0; times--) {
        mutated = mutations[next(mutations.length)]!(
          mutated,
          next(Math.max(1, mutated.length)),
          characters[next(characters.length)]!,
        );
      }
    }
    if (mutated === secret) continue;
    yielded++;
    yield mutated;
  }
}

function replacedAt(text: string, at: number, character: string): string {
  return text.slice(0, at) + character + text.slice(at + 1);
}

function removedAt(text: string, at: number): string {
  return text.slice(0, at) + text.slice(at + 1);
}

function doubledAt(text: string, at: number): string {
  return text.slice(0, at) + text.charAt(at) + text.slice(at);
}

function swappedAt(text: string, at: number): string {
  return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
}
