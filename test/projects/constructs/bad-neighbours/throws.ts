// Not an error: libraries throw what they got from a server.
throw { code: 'NO_KEY', reason: 'A key is missing' };
