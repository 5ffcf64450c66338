import { testOidc } from '../auth/support/oidc.ts';

testOidc('1.30');
