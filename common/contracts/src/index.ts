export { ApproveTicket, CreateTicket, kitchenContracts, OrderItem, ProductPrice } from './order-kitchen';
export { RejectTicket, TicketApproved, TicketCreated, TicketRejected } from './order-kitchen';
export { Pay, paymentContracts, PaymentApproved, PaymentRefunded, RefundPayment } from './order-payment';
export { CheckUser, UserChecked, userContracts } from './order-user';
export { stubRules } from './stub-rules';
