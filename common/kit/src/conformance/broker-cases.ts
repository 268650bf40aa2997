import type { Broker } from '../runtime';
import { groupChecks } from './broker-groups';
import { recordChecks } from './broker-records';
import { durabilityChecks, lackOfDurability, lackOfSharing, sharingChecks } from './broker-restarts';
import { casesOf, checksOf, type Case, type Feature } from './case';

/** A broker and what a test needs besides. */
export interface BrokerUnderTest {
  readonly broker: Broker;
  /** Makes a topic that nobody has used and resolves with its name. */
  readonly topic: () => Promise<string>;
  /** How many each topic has. */
  readonly partitions: number;
  /**
   * A broker on the same log after everything that was in between is gone without a farewell, as after a `kill -9`. Groups
   * have no members. The former broker is not used any more.
   */
  readonly restart?: () => Promise<Broker>;
  /** One more client of the same log, as another process has one. */
  readonly another?: () => Promise<Broker>;
  /** Lets go of everything that was opened. */
  close(): Promise<void>;
}

export interface BrokerFeatures {
  /** Records and commits outlive the process: there is `restart`. */
  readonly durable: Feature;
  /** The partitions of a group are shared among its members: there is `another`. */
  readonly sharing: Feature;
}

/** What every `Broker` promises. */
export const brokerCases = (open: () => Promise<BrokerUnderTest>, features: BrokerFeatures): readonly Case[] =>
  casesOf(
    open,
    recordChecks,
    groupChecks,
    checksOf(features.durable, durabilityChecks, lackOfDurability),
    checksOf(features.sharing, sharingChecks, lackOfSharing),
  );
