// One invoice of every kind: special businesses with their own fields, vehicles.
import { parties } from './client.mjs';

export const T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
export const FARMER = { tax_id: '330106198511120028', name: '李静' };
export const VIN = 'LSVAA49J132047371';
export const line = (tax_code, name, rate, more = {}) => ({ tax_code, name, rate, unit: '个', quantity: '2', price: '50.00', ...more });
export const car = (more = {}) => line('1090305010000000000', '轿车', '0.13', { spec: VIN, unit: '辆', quantity: '1', price: '100000.00', ...more });
// business: lines, the special members, and its element in the XML; kind when it is neither.
export const kinds = {
  refined_oil: { lines: [line('1070101010200000000', '汽油', '0.13', { unit: '升' })] },
  rare_earth: { lines: [line('1080207000000000000', '稀土', '0.13', { unit: '公斤' })] },
  construction: { lines: [line('3050100000000000000', '工程款', '0.09')], special: [{ place: '杭州市西湖区', project: '湖滨 "一期" <改造>', land_tax_no: 'T-1', cross_city: 'Y' }], xml: 'ConstructionServices' },
  freight: { lines: [line('3010102020100000000', '运费', '0.09')], special: [{ from: '杭州', to: '宁波', vehicle_kind: '2', plate: '浙A12345', goods: '轴承' }, { from: '宁波', to: '上海' }], xml: 'FreightServices' },
  real_estate_sale: { lines: [line('5010101000000000000', '住宅', '0.09', { unit: '㎡' })], special: [{ address: '杭州市文一路 1 号', title_no: 'Z-1', actual_price: '109.00' }], xml: 'RealEstateSale' },
  real_estate_lease: { lines: [line('3040502020200000000', '车位', '0.09')], special: [{ address: '杭州市文一路 1 号', lease_from: '2026-01-01', lease_to: '2026-12-31' }], xml: 'RealEstateLease' },
  vessel_tax: { lines: [line('3060302990000000000', '车险', '0.06')], special: [{ policy_no: 'P-1', plate: '浙A12345', period: '2026-11', tax: '300.00', late_fee: '1.50', total: '301.50' }], xml: 'VehicleAndVesselTaxCollection' },
  toll: { kind: 'ordinary', lines: [line('3040502020301000000', '通行费', '0.09')], special: [{ plate: '浙A12345', vehicle_class: '一类客车', passage_from: '2026-11-01', passage_to: '2026-11-01' }], xml: 'Toll' },
  passenger: { lines: [line('3010101010100000000', '客运', '0.09')], special: [{ traveller: '王小明', document_type: '201', document_no: FARMER.tax_id, travel_date: '2026-11-20', from: '杭州', to: '北京', transport: '2', seat_class: '二等座' }], xml: 'PassengerTransport' },
  hospital: { kind: 'ordinary', lines: [line('3070202000000000000', '住院费', '0')], special: [{ patient: '李静', hospital_no: 'H1', admitted_on: '2026-11-01', discharged_on: '2026-11-05', insurance_paid: '60.00', personal_paid: '40.00' }], xml: 'MedicalInpatient' },
  clinic: { kind: 'ordinary', lines: [line('3070202000000000000', '门诊费', '0')], special: [{ patient: '李静', visited_on: '2026-11-01' }], xml: 'MedicalOutpatient' },
  own_produce: { kind: 'ordinary', lines: [line('1010112010000000000', '萝卜', '0')] },
  tractor: { lines: [line('1090105030000000000', '拖拉机', '0.09')], special: [{ engine_no: 'E1', chassis_no: 'C1' }], xml: 'TractorAndCombine' },
  motor_vehicle: { lines: [car()] },
  used_car_trade: { kind: 'ordinary', lines: [car({ rate: '0.005' })], special: [{ plate: '浙A12345', registration_no: 'R1' }], xml: 'UsedVehicle' },
  produce_purchase: { kind: 'ordinary', swaps: true, lines: [line('1010112010000000000', '萝卜', '0')] },
  solar_purchase: { kind: 'ordinary', swaps: true, lines: [line('1100101020000000000', '电', '0', { unit: '千瓦时' })] },
  cigarettes: { lines: [line('1030402000000000000', '卷烟', '0.13', { unit: '条' })] },
  export: { kind: 'ordinary', lines: [line('1040201000000000000', '服装', '0', { treatment: 'zero' })], special: [{ contract_no: 'EX-1', trade_term: 'FOB', currency: 'USD' }], xml: 'Export' },
  produce: { lines: [line('1010115000000000000', '苹果', '0.09')] },
  scrap_purchase: { kind: 'ordinary', swaps: true, lines: [line('1080207000000000000', '废钢', '0')] },
  used_car_special: { lines: [car({ rate: '0.005' })] },
  reverse: { kind: 'ordinary', swaps: true, lines: [line('1080207000000000000', '废钢', '0.03')] },
  vehicle_sale: { kind: 'vehicle', lines: [car()], special: [{ vin: VIN, brand_model: '大众牌 SVW7141', engine_no: 'E-77', seats: '5', vehicle_class: '轿车' }], xml: 'MotorVehicleSale' },
  used_car_sale: { kind: 'used_car', lines: [car({ rate: '0.005' })], special: [{ vin: VIN, plate: '浙A12345', registration_no: 'R1', brand_model: '大众', transfer_office: '杭州车管所' }], xml: 'UsedVehicleSale' },
};
export const bodyOf = (business, more = {}) => {
  const { kind = 'special', lines, special, swaps } = kinds[business];
  return { kind, seller_ref: business, buyer: swaps ? FARMER : T3, business, lines, ...(special ? { special } : {}), ...more };
};
