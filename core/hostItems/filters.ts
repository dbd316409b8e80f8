/**
 * What the host forwards from and to this range passes its other filters: an iptables that drops it in the end (Docker's) gets a chain of ours; ufw and
 * firewalld have to let it through already.
 */
export interface AcceptForwardedItem {
  readonly kind: "accept-forwarded";
  readonly range: string;
}

/** The one nftables table that is ours, as `nft -f` reads it: `table inet plumbline { … }`. */
export interface NftablesItem {
  readonly kind: "nftables";
  readonly table: string;
}
